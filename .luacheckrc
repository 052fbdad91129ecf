std = "lua54"
max_line_length = 130
self = false -- a method may do without its object
exclude_files = { "build*/**" }
files["spec"] = { std = "+busted" }
files["lua/aelua/meta"] = { unused = false } -- signatures alone
files["docs"] = { unused = false, max_line_length = false }
