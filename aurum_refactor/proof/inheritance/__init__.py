"""Does a class that inherits some of its methods behave as if it had them itself?

``judge`` asks one question a file: what the class is ``derived`` from, what its ``scope``
reads, what a method says of where it is ``standing``, what runs with its definition
(``defining``), and by whom the class is ``watched``. ``family`` is its module and the files
around it.
"""
