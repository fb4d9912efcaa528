"""What people read and do on a source's page beside its products: reasons, comments, collections."""
