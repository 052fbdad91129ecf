"""PyTorch: peer_torch.py plain|eager|compile THREADS

plain: the model ends with a sigmoid and the loss is BCELoss, as tutorials have it; otherwise the loss takes logits.
"""
import sys

import torch
from torch import nn

import peer

mode, threads = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(threads)


def build(sizes, batch):
    torch.manual_seed(1)
    layers = []
    for before, after in zip(sizes, sizes[1:]):
        layers += [nn.Linear(before, after), nn.ReLU()]
    layers[-1:] = [nn.Sigmoid()] if mode == "plain" else []
    model = nn.Sequential(*layers)
    x = torch.rand(batch, sizes[0])
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)

    measure = nn.BCELoss() if mode == "plain" else nn.BCEWithLogitsLoss()

    def loss_of(x):
        return measure(model(x), x)

    if mode == "compile":
        loss_of = torch.compile(loss_of)

    def step():
        loss = loss_of(x)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()

    return step


peer.serve(build)
