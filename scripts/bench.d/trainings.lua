--- Whole trainings on MNIST, each a process: scripts/bench --data FOLDER.
local M = {}

---@class BenchTraining
---@field name string
---@field title string
---@field script string what trains it here; prints test loss, seconds in fit and kB, as the peers' scripts do
---@field further string the script's arguments after DATA SEED EPOCHS THREADS
---@field epochs integer
---@field at_most? { loss: number, megabytes: number } what every seed is to reach in so many epochs
---@field peers BenchTrainingPeer[]
---@field of_peers "seconds"|"process" what is held against our slowest process: a peer's seconds in fit, or its process's
---@field faster? number how many times as long the fastest peer is to take

---@class BenchTrainingPeer
---@field name string
---@field script string
---@field further string

-- Dense layers with relu between input and output, beside Keras' fit.
local function autoencoder(name, hidden, l2, at_most)
  local units = table.concat(hidden, "-")
  local further = ("%s %g"):format(table.concat(hidden, ","), l2 or 0)
  return {
    name = name, script = "train.lua", further = further, epochs = 50, at_most = at_most, of_peers = "seconds", faster = 6,
    title = ("784-%s-784%s: binary cross-entropy, Adam 1e-3, batches of 256"):format(units, l2 and (", L2 %g"):format(l2) or ""),
    peers = { { name = "Keras", script = "train_keras.py", further = further } },
  }
end

---@type BenchTraining[]
M.list = {
  autoencoder("dense", { 32 }, nil, { loss = 0.0920, megabytes = 150 }),
  autoencoder("dense_64", { 64 }),
  autoencoder("dense_64_l2", { 64 }, 1e-5),
  autoencoder("deep", { 256, 128, 256 }),
  autoencoder("deep_l2", { 256, 128, 256 }, 1e-5),
  {
    name = "vae", title = "VAE 784-400-20: Bernoulli, nats, Adam 1e-3, batches of 128, tested after every epoch",
    script = "train_vae.lua", further = "", epochs = 10, of_peers = "process",
    peers = {
      { name = "PyTorch, DataLoader", script = "train_vae_torch.py", further = "loader" },
      { name = "PyTorch, tensors", script = "train_vae_torch.py", further = "tensors" },
    },
  },
}

--- The training of a name, or nil.
---@param name string
---@return BenchTraining?
function M.find(name)
  for _, training in ipairs(M.list) do
    if training.name == name then return training end
  end
  return nil
end

return M
