"""PyTorch: peer_torch.py plain|eager|compile|encode THREADS

plain: as tutorials write it: the model ends with a sigmoid, the loss is BCELoss, pictures have their channels first.
Otherwise the loss takes logits and pictures are channels last. The optimiser is the fused Adam on all.
encode: no training, the layers run in inference_mode.
"""
import functools
import sys

import torch
from torch import nn

import peer

mode, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)


class Variational(nn.Module):
    """Keeps the KL to the standard normal, a sample's mean."""

    def __init__(self, inputs, units):
        super().__init__()
        self.mean, self.logvar = nn.Linear(inputs, units), nn.Linear(inputs, units)

    def forward(self, x):
        mean, logvar = self.mean(x), self.logvar(x)
        self.kl = 0.5 * (mean.square() + logvar.exp() - logvar - 1).sum() / x.shape[0]
        return mean + (0.5 * logvar).exp() * torch.randn_like(mean)


KINDS = {
    "dense": nn.Linear,
    "variational": Variational,
    "flatten": lambda before, units: nn.Flatten(),
    "grid": lambda before, units: nn.Sequential(nn.Linear(before, 16 * units), nn.Unflatten(1, (units, 4, 4))),
    "conv": lambda before, units: nn.Conv2d(before, units, 3, padding=1),
    "conv_valid": lambda before, units: nn.Conv2d(before, units, 3),
    "down": lambda before, units: nn.Conv2d(before, units, 3, stride=2, padding=1),
    "up": lambda before, units: nn.ConvTranspose2d(before, units, 3, stride=2, padding=1, output_padding=1),
    "pool": lambda before, units: nn.MaxPool2d(2, ceil_mode=True),
    "upsample": lambda before, units: nn.Upsample(scale_factor=2),
    "norm": lambda before, units: nn.BatchNorm2d(before),
}


def network(channels, layers):
    modules = []
    for kind, units, activation in layers:
        modules.append(KINDS[kind](channels, units))
        modules += [nn.ReLU()] if activation == "relu" else []
        channels = units or channels
    return nn.Sequential(*modules, *([nn.Sigmoid()] if mode == "plain" else []))


def build(shape, batch, layers):
    torch.manual_seed(1)
    model = network(shape[-1], layers)
    x = torch.rand(batch, shape[-1], *shape[:-1])
    if len(shape) == 3 and mode != "plain":
        model, x = model.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    if mode == "encode":
        return torch.inference_mode()(functools.partial(model.eval(), x))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    variational = next((m for m in model if isinstance(m, Variational)), None)
    reduction = "sum" if variational else "mean"
    measure = nn.BCELoss(reduction=reduction) if mode == "plain" else nn.BCEWithLogitsLoss(reduction=reduction)

    def loss_of(x):
        loss = measure(model(x), x)
        return loss / batch + variational.kl if variational else loss

    if mode == "compile":
        loss_of = torch.compile(loss_of)

    def step():
        loss = loss_of(x)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()

    return step


peer.serve(build)
