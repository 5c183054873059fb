"""The web application: what stands between a browser and the pages."""
