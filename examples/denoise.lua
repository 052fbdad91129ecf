-- Denoising: the network of conv_autoencoder.lua trained on, from noisy pictures
-- to clean ones. The noise is Gaussian, of deviation 0.4, drawn once for every
-- picture, and clipped to 0..1. (denoise_loop.lua draws it anew for every batch.)
-- On MNIST it goes from 0.1825 to 0.0840 on the held-out pictures in 100 epochs (seed 42).
--
--   aelua examples/denoise.lua [DATA] [EPOCHS] [MODEL] [SEED]
--
-- DATA: a folder of IDX files (MNIST); without it, the embedded 1,797 digits.
-- MODEL: the file that conv_autoencoder.lua wrote, by default conv.safetensors in the current folder.
local ae = require "aelua"
local optim, data = ae.optim, ae.data

local path, epochs, model_path, seed = ...
local train, test = data.load(path or "digits")
model_path = model_path or "conv.safetensors"
assert(io.open(model_path), model_path .. " is not there: run conv_autoencoder.lua first"):close()
local model = ae.load_model(model_path)
local pictures, wanted = table.concat(train.shape, "x"), table.concat(model.input, "x")
assert(pictures == wanted, ("%s was trained on pictures of %s, these are %s"):format(model_path, wanted, pictures))

ae.seed(tonumber(seed) or 42)
local function noisy(set)
  return ae.scope(function() -- gives the memory of what lies between back at once
    local clean = set:tensor()
    return (clean + ae.randn_like(clean) * 0.4):clamp(0, 1)
  end)
end
local noisy_test = noisy(test)
local pairs_to_learn, held_out = data.pairs(noisy(train), train), data.pairs(noisy_test, test)
print(("noisy to clean, before: %.4f"):format(model:evaluate(held_out).loss))

model:fit(pairs_to_learn, {
  epochs = tonumber(epochs) or 100, batch_size = #train < 10000 and 32 or 128, validation = held_out,
  optimizer = optim.Adam { lr = 1e-3, eps = 1e-7 },
})
print(("noisy to clean, held-out loss: %.4f"):format(model:evaluate(held_out).loss))

local few = noisy_test[{ { 1, 10 } }]
ae.image.save("denoised.png", ae.image.pairs(few, model:reconstruct(few), test:take(10)))
model:save("denoise.safetensors")
print("wrote denoised.png (noisy, cleaned, original), denoise.safetensors")
