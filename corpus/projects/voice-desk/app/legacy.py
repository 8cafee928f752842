"""Objects from old days."""

import pickle as pkl
from pathlib import Path

import cloudpickle
import dill
import pandas as pd
import tensorflow as tf
import torch
from joblib import load
from skops.io import load as load_skops
from torch import load as torch_load

HERE = Path(__file__).parent


def everything():
    """Load everything."""
    a = pkl.loads(Path("models/tone/old.pkl").read_bytes())
    b = dill.load(open("models/tone/pipe.dill", "rb"))
    c = cloudpickle.load(open("models/tone/fn.pkl", "rb"))
    d = pd.read_pickle("data/frame.pkl")
    e = tf.keras.models.load_model("models/tone/intent.h5")
    f = tf.saved_model.load("models/tone/saved")
    g = torch.jit.load("models/tone/script.pt")
    h = load("models/tone/forest.joblib")
    i = torch_load("models/tone/net.pt")
    j = load_skops("models/tone/forest.skops", trusted=[])
    return a, b, c, d, e, f, g, h, i, j


def plain():
    """Load what holds no code."""
    return pd.read_csv("data/rows.csv"), HERE.joinpath("x/y").read_text()


def load_model(name):
    """A function of our own."""
    return name


load_model("own/function-name")
TITLE = "torch.load('title/only.pt', weights_only=False)"
