"""Files that leave the house: scores, comments, score summary and wall lists, each as its reader may see them."""
