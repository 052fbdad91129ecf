-- A training loop written out by hand: denoising. The noise is drawn anew for
-- every batch; the loss compares with the clean pictures.
--
--   aelua examples/denoise_loop.lua [DATA] [EPOCHS]
local ae = require "aelua"
local nn, optim, data = ae.nn, ae.optim, ae.data

local path, epochs = ..., tonumber((select(2, ...)))
local train, test = data.load(path or "digits")

ae.seed(42)
local model = nn.Sequential { nn.Flatten(), nn.Dense(128, "relu"), nn.Dense(train.shape, "sigmoid") }
local opt = optim.Adam { model, lr = 1e-3 }

local function corrupt(x) return (x + ae.randn_like(x) * 0.4):clamp(0, 1) end

model:train()
for epoch = 1, epochs or 10 do
  local total, count = 0, 0
  for batch in train:batches { size = 128, shuffle = true } do
    local x = batch.input
    local loss = nn.loss.bce(model:forward(corrupt(x)), x)
    opt:zero_grad()
    loss:backward()
    opt:step()
    total, count = total + loss:item(), count + 1
  end
  print(("epoch %d  loss %.4f"):format(epoch, total / count))
end

model:eval()
local clean = test:take(10):tensor()
local noisy = corrupt(clean)
local cleaned = ae.no_grad(function() return model:forward(noisy) end)
ae.image.save("denoised.png", ae.image.grid(ae.concat({ noisy, cleaned, clean }, 1), { columns = 10 }))
print("wrote denoised.png: noisy, cleaned, original")
