"""train_vae_torch.py DATA SEED EPOCHS THREADS loader|tensors: what train_vae.lua does, as PyTorch's examples write it.

loader: batches come from a DataLoader; tensors: they are taken out of the tensor that holds all samples, which is faster.
"""
import sys
import time

import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

import mnist
import peer

data, seed, epochs, threads, way = sys.argv[1:]
torch.set_num_threads(int(threads))
torch.manual_seed(int(seed))
BATCH = 128


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.mean, self.logvar = nn.Linear(784, 400), nn.Linear(400, 20), nn.Linear(400, 20)
        self.back, self.output = nn.Linear(20, 400), nn.Linear(400, 784)

    def forward(self, x):
        features = functional.relu(self.hidden(x))
        mean, logvar = self.mean(features), self.logvar(features)
        code = mean + torch.exp(0.5 * logvar) * torch.randn_like(mean)
        return torch.sigmoid(self.output(functional.relu(self.back(code)))), mean, logvar


def loss_of(x, result):
    """In nats, the sum over the batch."""
    probabilities, mean, logvar = result
    reconstruction = functional.binary_cross_entropy(probabilities, x, reduction="sum")
    return reconstruction - 0.5 * torch.sum(1 + logvar - mean.pow(2) - logvar.exp())


def batches(samples, shuffle):
    if way == "loader":
        return (x for x, in DataLoader(TensorDataset(samples), BATCH, shuffle=shuffle))
    if shuffle:
        return (samples[rows] for rows in torch.randperm(len(samples)).split(BATCH))
    return samples.split(BATCH)


train, test = map(torch.from_numpy, mnist.both(data))
model = VAE()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
began = time.perf_counter()
for _ in range(int(epochs)):
    model.train()
    for x in batches(train, shuffle=True):
        optimizer.zero_grad()
        loss = loss_of(x, model(x))
        loss.backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        nats = sum(loss_of(x, model(x)).item() for x in batches(test, shuffle=False)) / len(test)
seconds = time.perf_counter() - began
print(f"{nats:.5f} {seconds:.3f} {peer.peak_memory()}")
