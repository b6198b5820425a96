"""Commands as somebody at a console meets them."""
