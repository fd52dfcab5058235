"""What route files mean: who drives and walks where, and when."""
