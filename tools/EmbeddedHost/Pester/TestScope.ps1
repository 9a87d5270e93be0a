# The scope of one test file at run time. See TestScopes.cs.
$args[0].Invoke()
