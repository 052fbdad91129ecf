-- Denoising signals: a one-dimensional convolutional network learns heartbeats
-- from noisy to clean, and is measured in signal-to-noise ratio on beats that it
-- has not seen, beside a moving average.
--
--   aelua examples/signal_denoise.lua [DATA] [EPOCHS]
--
-- DATA: ECG5000 (a folder with ECG5000_TRAIN.txt: a beat a line, its class first),
-- of which 100 beats are held out; without it, the embedded digits, read row by
-- row as signals of 64 samples.
-- ECG5000, 100 held-out beats: noisy 5.9 dB, the best moving average 10.3 dB, this 15.6 dB.
local ae = require "aelua"
local nn, data = ae.nn, ae.data

local path, epochs = (...), tonumber((select(2, ...))) or 100
local train, test
if path and path ~= "digits" then
  train, test = data.load(path, { label = 1 }):split(0.8, { seed = 1, stratify = true })
else
  train, test = data.load "digits"
end
local function as_signal(x) return x:reshape { #x, -1, 1 } end
train, test = train:map(as_signal), test:map(as_signal)

ae.seed(42)
local function same(dilation) return { padding = "same", dilation = dilation, activation = "relu" } end
local function half() return { padding = "same", stride = 2, activation = "relu" } end
local sigma = train:tensor():square():mean():sqrt():item() / 2 -- a quarter of the signal's power: 6 dB
local model = ae.Autoencoder {
  input   = train.shape,
  encoder = nn.Sequential { nn.Conv1d(32, 7, half()), nn.Conv1d(48, 7, half()), nn.Conv1d(48, 5, same(2)) },
  decoder = nn.Sequential {
    nn.Conv1d(48, 5, same(4)), nn.ConvTranspose1d(32, 7, half()), nn.ConvTranspose1d(16, 7, half()),
    nn.Conv1d(1, 7, { padding = "same" }),
  },
  loss       = "mse",
  corruption = ae.noise.gaussian(sigma, { clip = false }), -- drawn anew for every batch
}
print(model:summary())
model:fit(train, {
  epochs = epochs, batch_size = 32, optimizer = "adam",
  callbacks = { ae.callbacks.LRScheduler(ae.schedule.cosine { from = 2e-3, epochs = epochs }) },
})

-- In dB, over all beats.
local function snr(estimate, clean)
  return 10 * math.log(clean:square():sum():item() / (estimate - clean):square():sum():item(), 10)
end

local clean = test:tensor()
local noisy = clean + ae.randn_like(clean) * sigma
local cleaned = model:reconstruct(noisy)
local average = 0 -- of the window that serves these signals best
for size = 1, 15, 2 do
  average = math.max(average, snr(ae.avg_pool1d(noisy, { size = size, stride = 1, padding = "same" }), clean))
end
print(("held-out signals, SNR: noisy %.1f dB, best moving average %.1f dB, cleaned %.1f dB"):format(snr(noisy, clean),
  average, snr(cleaned, clean)))

local function curve(name, signals) return { name = name, y = signals[1]:reshape { -1 }:totable() } end
ae.plot.save("signal.svg", { curve("noisy", noisy), curve("cleaned", cleaned), curve("original", clean) })
print("wrote signal.svg")
