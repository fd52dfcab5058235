"""What the optimiser found, on a page and on the terminal: the present plan beside the found one."""
