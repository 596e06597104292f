// Nothing is left out in the examples of this folder.
