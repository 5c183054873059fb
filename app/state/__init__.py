"""What one browser tab looks at, and the words for it: plain Python, without a screen."""
