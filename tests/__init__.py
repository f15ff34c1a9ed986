"""What the product promises, room by room."""
