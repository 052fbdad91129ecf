-- The benchmark runs and prints what it promises; how fast anything is stays out of the tests.
local ae = require "aelua"
local files = require "spec.support.files"

local program = arg and arg[-1] or "build/aelua"

local function bench(arguments)
  local pipe = assert(io.popen(("AELUA='%s' scripts/bench %s 2>&1"):format(program, arguments)))
  local text = pipe:read("a")
  local _, _, status = pipe:close()
  return text, status
end

describe("scripts/bench", function()
  it("prints times, shares of the peak and of copying, memory, the time to start and the size", function()
    local text, status = bench "--models dense --rounds 1 --seconds 0.02 --threads 1"
    assert.are.equal(0, status)
    for _, part in ipairs { "multiply%-add peak, measured: %d+ GF/s", "copying memory, measured: [%d.]+ GB/s",
      "dense: 784 to dense%-32%-relu dense%-784, batch 256, 64 million", "\n  aelua +[%d.]+ ",
      "\n  aelua, OpenBLAS alone +[%d.]+ ", "read and write [%d.]+ MB a step: [%d.]+ GB/s, %d+%% of copying",
      "most memory, .* MB", "start%-up, ms: [%d.]+", "size, MB\n  aelua +[%d.]+: .* shared libraries [%d.]+" } do
      assert(text:find(part), "wants " .. part .. " in:\n" .. text)
    end
  end)

  it("builds models with convolutions, with a variational layer, and compares threads", function()
    local text, status = bench "--models vae,transposed --rounds 1 --seconds 0.01"
    assert(status == 0 or text:find("MISSED", 1, true), text)
    for _, part in ipairs { "vae: 784 to .* 420 million", "transposed: 28x28x1 to .* 3410 million",
      "as on one thread +[%d.]+" } do
      assert(text:find(part), "wants " .. part .. " in:\n" .. text)
    end
  end)

  it("encodes one sample, few and many, by a model and by its encoder alone", function()
    local text, status = bench "--encode --models dense --rounds 1 --seconds 0.01"
    assert.are.equal(0, status, text)
    for _, batch in ipairs { 1, 32, 4096 } do
      local wanted = ("dense: 784 to dense%%-32%%-relu, batch %d\n[^\n]+ samples/s\n"):format(batch) ..
        "  aelua, model:encode +[%d.]+ [^\n]+ %d+\n  aelua, encoder:forward +[%d.]+ [^\n]+ %d+\n"
      assert(text:find(wanted), "wants " .. wanted .. " in:\n" .. text)
    end
  end)

  it("trains whole models on MNIST, those that are named", function()
    local folder = files.folder()
    for name, samples in pairs { train = 256, t10k = 10 } do
      files.write(("%s/%s-images-idx3-ubyte"):format(folder, name),
        string.pack(">I4I4I4I4", 0x803, samples, 28, 28) .. ("\0\255"):rep(samples * 14 * 28))
    end
    local text, status = bench("--data " .. folder .. " --models vae,dense_64 --epochs 1 --threads 1")
    files.remove(folder)
    assert.are.equal(0, status, text)
    for _, part in ipairs { "\nVAE 784%-400%-20: .* 1 epochs\n  aelua, seed 1 +test loss +[%d.]+ ", "\n784%-64%-784: ",
      "\n  aelua, seed 3 +test loss +0%.[%d]+ +fit +[%d.]+ s +process +[%d.]+ s +%d+ MB" } do
      assert(text:find(part), "wants " .. part .. " in:\n" .. text)
    end
    assert.is_nil(text:find("784-32-784", 1, true))
  end)

  it("compares epochs on a folder of pictures with epochs from memory", function()
    local folder = files.folder()
    for i = 1, 8 do ae.image.save(("%s/%d.png"):format(folder, i), ae.rand { 8, 8, 1 }) end
    local text, status = bench("--folder " .. folder .. " --rounds 1 --threads 1")
    files.remove(folder)
    assert(status == 0 or text:find("MISSED", 1, true), text)
    for _, part in ipairs { "8 samples %[8, 8, 1%]", "\n  from memory +[%d.]+ s +1.00 times",
      "\n  read in every epoch +[%d.]+ s", "\n  read and kept, the first epoch +[%d.]+ s" } do
      assert(text:find(part), "wants " .. part .. " in:\n" .. text)
    end
  end)

  it("says what it takes, on standard output and without a build", function()
    for _, option in ipairs { "--help", "-h", "--models dense --help" } do
      local pipe = assert(io.popen("AELUA=/nonexistent scripts/bench " .. option .. " 2>/dev/null"))
      local text = pipe:read("a")
      assert.is_true((pipe:close()))
      for _, part in ipairs { "^bench %[", "\n  %-%-rounds N ", "\n  %-%-folder FOLDER " } do assert.matches(part, text) end
    end
  end)

  it("refuses what it does not know", function()
    for arguments, says in pairs { ["--model dense"] = "unknown option --model", ["--models deeep"] = "no model 'deeep'",
      ["--data . --models blog"] = "no model 'blog'", ["--encode --models deep"] = "no encoder is known of deep",
      ["--rounds"] = "--rounds wants a value", ["--threads two"] = "--threads wants a number, got two" } do
      local text, status = bench(arguments)
      assert.are.equal(2, status)
      assert(text:find(says, 1, true), text)
    end
  end)
end)
