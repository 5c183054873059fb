"""The demo shop: seeded tickets, a customer who writes by itself, a page to write as one."""
