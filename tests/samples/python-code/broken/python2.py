import torch

print "this is Python 2"
model = torch.load("model.pt")
