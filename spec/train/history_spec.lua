-- What a run measured, as text.
local ae = require "aelua"

describe("a history as text", function()
  it("says how many epochs there were, and the last row in the order of the columns", function()
    local history = ae.History()
    assert.equal("History of 0 epochs", tostring(history))
    history:add({ epoch = 1, loss = 0.5, lr = 0.001 }, { "epoch", "loss", "lr" })
    assert.equal("History of 1 epoch: epoch 1, loss 0.5, lr 0.001", tostring(history))
    history:add({ epoch = 2, loss = 1 / 3, val_loss = 12.5 }, { "epoch", "loss", "val_loss" })
    assert.equal("History of 2 epochs: epoch 2, loss 0.3333, val_loss 12.5", tostring(history))
  end)
end)
