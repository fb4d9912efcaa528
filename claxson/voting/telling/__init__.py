"""What people are told: to whom before they answer, and what became of their sources after."""
