"""Pure tree-to-tree rewrites on LibCST, one idea a file; nothing here reads files or chooses."""
