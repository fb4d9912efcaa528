"""What is known of a person: handed out whole, or erased for ever."""
