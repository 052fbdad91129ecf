local ae = require "aelua"
local core = require "aelua.core"
local files = require "spec.support.files"

local image = ae.image

local function u8(values) return ae.tensor(values, { dtype = "u8" }) end

describe("colour and grey", function()
  it("grey bytes are those that are loaded", function()
    local colour = image.load(files.fixtures .. "rgb.png")
    files.same(core.read_npy(files.fixtures .. "rgb_luma.npy"), image.grey(colour):reshape(10, 12))
    local all = (ae.rand(40, 50, 3) * 255.99):floor():to("u8")
    files.same(image.decode(image.encode(all, "png"), { channels = 1 }), image.grey(all))
    files.same({ { { 255 }, { 0 } } }, image.grey(u8 { { { 255, 255, 255 }, { 0, 0, 0 } } }))
  end)

  it("of numbers has BT.601's weights", function()
    local t = ae.tensor { { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } } }
    local grey = image.grey(t):reshape(3):totable()
    for i, weight in ipairs { 0.299, 0.587, 0.114 } do assert.near(weight, grey[i], 1e-7) end
    local luma = image.luma(t):reshape(3):totable()
    for i, weight in ipairs { 65.481, 128.553, 24.966 } do assert.near((16 + weight) / 255, luma[i], 1e-7) end
    local ends = image.luma(u8 { { { 0, 0, 0 }, { 255, 255, 255 } } }):reshape(2):totable()
    assert.near(16 / 255, ends[1], 1e-7)
    assert.near(235 / 255, ends[2], 1e-6)
    assert.near(235 / 255, image.luma(ae.ones(1, 1, 1)):item(), 1e-7)
  end)

  it("drops alpha, and repeats grey", function()
    local rgba = u8 { { { 1, 2, 3, 99 } } }
    files.same({ { { 1, 2, 3 } } }, image.rgb(rgba))
    files.same({ { { 7, 7, 7 } } }, image.rgb(u8 { { { 7, 99 } } }))
    files.same({ { { 7 } } }, image.grey(u8 { { { 7, 99 } } }))
    files.same(image.grey(u8 { { { 1, 2, 3 } } }), image.grey(rgba))
    assert.same({ 5, 2, 2, 3 }, image.rgb(ae.zeros(5, 2, 2, 1)).shape)
  end)

  it("carries gradients", function()
    local t = ae.rand(1, 2, 2, 3)
    t:require_grad()
    image.grey(t):sum():backward()
    local gradient = t.grad:reshape(-1, 3):totable()[1]
    for i, weight in ipairs { 0.299, 0.587, 0.114 } do assert.near(weight, gradient[i], 1e-7) end
  end)

  it("refuses what is no picture", function()
    files.refuses("shape", "image.grey: wants pictures [H, W, C] or [N, H, W, C] with 1 to 4 channels, got [2, 3]",
      image.grey, ae.zeros(2, 3))
    files.refuses("shape", "got [2, 2, 5]", image.luma, ae.zeros(2, 2, 5))
    files.refuses("type", "got i32", image.rgb, ae.zeros({ 1, 1, 1 }, { dtype = "i32" }))
    files.refuses("type", "wants a tensor, got string", image.rgb, "x")
    for _, name in ipairs { "grey", "rgb", "luma" } do
      files.refuses("invalid", ("image.%s takes a tensor, got a further table"):format(name), image[name], ae.zeros(1, 1, 3), {})
    end
  end)
end)
