"""What people decide on suspects, checked row by row; and, from a sample, how much is missed."""
