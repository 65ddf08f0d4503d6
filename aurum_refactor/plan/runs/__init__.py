"""Groups endpoints into runs and finds the places where each run can be wired.

A run is a maximal group of consecutive registrations of one domain on one
object. Its wiring may stand at the first line of the run or later, up to the
next registration of somebody else on the same object: nothing that looks at
the routes can tell. It must stand where every name that the run reads at
import has the value that the run saw (semantics R-33).

``drafts`` are the values, ``grouping`` finds the runs and ``joining`` their places; ``needs``
is what they read, and ``observers`` who reads what they bind.
"""
