--- Training: the loop, what it reports and what it can be told to do.
local names = require "aelua.base.names"

return names.strict({
  fit = require "aelua.train.fit",
  evaluate = require "aelua.train.evaluate",
  metrics = require "aelua.train.metrics",
  noise = require "aelua.train.noise",
  History = require "aelua.train.history",
}, "train")
