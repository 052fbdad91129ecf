-- Inpainting: a box is cut out of every picture, somewhere else each time, and a
-- convolutional network fills it in. It sees the picture and where the hole is;
-- its loss is the error of the whole picture and ten times that in the hole.
-- Measured as the PSNR in the holes, beside the mean of the training pictures put there.
--
--   aelua examples/inpaint.lua [DATA] [EPOCHS]
--
-- DATA: a folder of IDX files (MNIST); without it, the embedded 1,797 digits.
-- In the holes of held-out pictures: MNIST, 6 epochs, 12.3 dB (the mean picture 9.2);
-- the digits, 50 epochs, 13.3 dB (10.0).
local ae = require "aelua"
local nn, data = ae.nn, ae.data

local path, epochs = ...
local train, test = data.load(path or "digits")
local height, width, channels = table.unpack(train.shape)

-- [n, height, width, 1]: 1 in a box of a third to a half of each side, 0 around it.
local function holes(n)
  local function side(length)
    local size = ae.randint({ n }, length // 3, length // 2 + 1):to("f32")
    local from = (ae.rand { n } * (length + 1 - size)):floor()
    local at = ae.arange(0, length):to("f32"):reshape { 1, length }
    from, size = from:reshape { n, 1 }, size:reshape { n, 1 }
    return at:ge(from):to("f32") * at:lt(from + size):to("f32")
  end
  return side(height):reshape { n, height, 1, 1 } * side(width):reshape { n, 1, width, 1 }
end

-- Input: the picture without the hole, and the hole. Target: the picture, and the hole.
local function cut(x, batch)
  local hole = holes(#x)
  batch.target = ae.concat({ x, hole }, 4)
  return ae.concat({ x * (1 - hole), hole }, 4)
end

local function parts(t) return t:narrow(4, 1, channels), t:narrow(4, channels + 1, 1) end

local function loss(prediction, target)
  local picture, hole = parts(target)
  local errors = nn.loss.bce(prediction, picture, { reduction = "none" })
  return (errors * (hole * 10 + 1)):mean()
end

ae.seed(42)
local cut_train, cut_test = train:map(cut), test:map(cut)
local function conv(filters, stride)
  return nn.Conv2d(filters, 3, { padding = "same", stride = stride, activation = "relu" })
end
local model = ae.Autoencoder {
  input   = cut_train.shape,
  target  = train.shape,
  encoder = nn.Sequential { conv(32, 2), conv(64, 2), conv(64) },
  decoder = nn.Sequential { conv(64), nn.Conv2d(16 * channels, 3, { padding = "same" }), nn.PixelShuffle(4), "sigmoid" },
  loss    = loss,
}
print(model:summary())
model:fit(cut_train, {
  epochs = tonumber(epochs) or (#train < 10000 and 50 or 6), batch_size = #train < 10000 and 32 or 128, optimizer = "adam",
})

local clean, cut_out = test:tensor(), cut_test:tensor()
local _, hole = parts(cut_out)
local function fill(filling) return clean * (1 - hole) + filling * hole end
local filled, with_mean = fill(model:reconstruct(cut_out)), fill(train:tensor():mean(1, true))

-- Peak signal-to-noise ratio over all pixels of the holes.
local function psnr(x)
  local mse = (x - clean):square():sum():item() / (hole:sum():item() * channels)
  return -10 * math.log(mse, 10)
end
print(("in the holes of held-out pictures: %.2f dB, the mean picture %.2f dB"):format(psnr(filled), psnr(with_mean)))

local function few(x) return x:narrow(1, 1, 10) end
ae.image.save("inpainted.png", ae.image.pairs(few(fill(0.5)), few(filled), few(clean)))
print("wrote inpainted.png: cut out, filled, original")
