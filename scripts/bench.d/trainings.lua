--- Whole trainings on MNIST, each a process: scripts/bench --data FOLDER.
---   hidden     units of the layers between input and output, relu
---   at_most    the test loss that every seed is to reach, and the memory in MB, where they are wanted
local M = {}

---@class BenchTraining
---@field name string
---@field hidden integer[]
---@field l2? number
---@field at_most? { loss: number, megabytes: number }

---@type BenchTraining[]
M.list = {
  { name = "784-32-784", hidden = { 32 }, at_most = { loss = 0.0920, megabytes = 150 } },
  { name = "784-64-784", hidden = { 64 } },
  { name = "784-64-784, L2 1e-5", hidden = { 64 }, l2 = 1e-5 },
  { name = "784-256-128-256-784", hidden = { 256, 128, 256 } },
  { name = "784-256-128-256-784, L2 1e-5", hidden = { 256, 128, 256 }, l2 = 1e-5 },
}

--- How many of our whole processes Keras' fit is to take.
M.faster = 6

--- The training as the arguments of train.lua and train_keras.py.
---@param training BenchTraining
---@param data string folder with MNIST's four files
---@param seed integer
---@param epochs integer
---@param threads integer
function M.arguments(training, data, seed, epochs, threads)
  return ("'%s' %s %g %d %d %d"):format(data:gsub("'", "'\\''"), table.concat(training.hidden, ","), training.l2 or 0,
    seed, epochs, threads)
end

return M
