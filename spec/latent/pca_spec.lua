local ae = require "aelua"
local fails = require "spec.support.fails"

local PCA = ae.latent.PCA
local tolerance = ae.real == "f64" and 1e-10 or 1e-4

describe("latent.PCA", function()
  -- Points on a line through (1, 2) with direction (3, 4) / 5.
  local line = ae.tensor { { 1, 2 }, { 4, 6 }, { -2, -2 }, { 7, 10 }, { -5, -6 } }

  it("finds the line that points lie on", function()
    local pca = PCA(line)
    local rows = pca.components:totable()
    assert.near(0.6, rows[1][1], tolerance)
    assert.near(0.8, rows[1][2], tolerance)
    assert.near(1, pca.explained[1], tolerance)
    assert.near(0, pca.explained[2], tolerance)
    local along = PCA(line, 1):project(line):totable()
    for i, want in ipairs { 0, 5, -5, 10, -10 } do assert.near(want, along[i][1], 10 * tolerance) end
  end)

  it("restores what it projected, all of it with every component", function()
    ae.seed(1)
    local codes = ae.randn { 50, 6 } + 3
    local pca = PCA(codes)
    local gap = (pca:restore(pca:project(codes)) - codes):abs():max():item()
    assert.is_true(gap < 10 * tolerance)
    local sum = 0
    for i, share in ipairs(pca.explained) do
      sum = sum + share
      assert.is_true(i == 1 or share <= pca.explained[i - 1])
    end
    assert.near(1, sum, tolerance)
  end)

  it("gives uncorrelated components, with the variance that it tells", function()
    ae.seed(2)
    local codes = ae.randn { 400, 3 }:matmul(ae.tensor { { 2, 1, 0 }, { 0, 1, 0.5 }, { 0, 0, 0.3 } })
    local pca = PCA(codes)
    local points = pca:project(codes)
    local covariance = (points:transpose():matmul(points) / 399):totable()
    local whole = covariance[1][1] + covariance[2][2] + covariance[3][3]
    for i = 1, 3 do
      for j = 1, 3 do
        assert.near(i == j and pca.explained[i] * whole or 0, covariance[i][j], 20 * tolerance)
      end
    end
  end)

  it("says what it wants", function()
    fails("type", "latent.PCA: wants codes as a tensor [N, D], got table", function() PCA {} end)
    fails("shape", "[N, D], got", function() PCA(ae.zeros { 3 }) end)
    fails("invalid", "one code has no variance", function() PCA(ae.zeros { 1, 2 }) end)
    fails("invalid", "wants 1 to 2 components, got 3", function() PCA(line, 3) end)
    fails("invalid", "a number of components, got a further table", function() PCA(line, 2, {}) end)
    fails("unsupported", "codes of 300 features; up to 256", function() PCA(ae.zeros { 4, 300 }) end)
    fails("invalid", "latent.PCA: codes that are not finite", function() PCA(line / 0) end)
    fails("shape", "PCA:project: wants codes [N, 2], got [1, 3]", function() PCA(line):project(ae.zeros { 1, 3 }) end)
  end)
end)
