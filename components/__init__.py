"""Pieces of the screen: data in, callbacks out; they know nothing of the app behind them."""
