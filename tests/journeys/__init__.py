"""What people come for, from beginning to end, in a real browser against a real server with its worker."""
