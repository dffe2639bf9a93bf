"""What a course is, who may join, when it is completed, and when its lessons are."""
