"""What people read: the pages about the project, the field guide, the tutorial."""
