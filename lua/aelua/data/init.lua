--- `ae.data`: data sets, where they come from, and scalers.
local Dataset = require "aelua.data.dataset"
local Scaler = require "aelua.data.scaler"
local classes = require "aelua.data.classes"
local dataset = require "aelua.data.dataset_of"
local names = require "aelua.base.names"
local options = require "aelua.base.options"
local samplers = require "aelua.data.samplers"

local M = {
  load = require "aelua.data.load",
  dataset = dataset,
  Dataset = Dataset,
  Batches = require "aelua.data.batches",
  MinMaxScaler = require "aelua.data.min_max_scaler",
  StandardScaler = require "aelua.data.standard_scaler",
  SequentialSampler = samplers.SequentialSampler,
  ShuffleSampler = samplers.ShuffleSampler,
  WeightedSampler = samplers.WeightedSampler,
  scaler = { from_config = Scaler.from_config },
}

--- A data set of tensors in memory. u8 are pixels: batches hold k/255.
---@param input userdata|table<string, userdata> [N, ...], or named ones
---@param given? { target?: any, labels?: any, classes?: string[] }
---   target: [N, ...] where it is not the input. labels: a tensor [N] or a list of
---   whole numbers or texts, which become the classes; with `classes`, places in
---   it or its names
---@return aelua.Dataset
function M.tensors(input, given)
  local o = options.check("data.tensors", given, {
    target = { type = { "userdata", "table" } }, labels = { type = { "userdata", "table" } },
    classes = { type = "table" },
  })
  local labels, class_names
  if o.labels then labels, class_names = classes.number("data.tensors", o.labels, o.classes) end
  return Dataset { input = input, target = o.target, labels = labels, classes = class_names }
end

--- A data set whose targets are another's samples: noisy and clean, small and
--- large. Labels are the input's.
---@param input aelua.Dataset|userdata [N, ...]
---@param target aelua.Dataset|userdata [N, ...]
---@return aelua.Dataset
function M.pairs(input, target)
  local from, to = dataset(input), dataset(target)
  local stored_input, stored_target = from:stored(), to:stored()
  return Dataset {
    input = stored_input, target = stored_target, labels = from.label and from:labels(), classes = from.classes,
  }
end

return names.strict(M, "data")
