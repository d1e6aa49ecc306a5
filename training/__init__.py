"""The container image of every SageMaker job and endpoint: process, train, evaluate and serve, in that order.

process    a drop and its contract → checked and split typed rows, or a refusal with rule and figure
train      those rows → a model: ONNX graphs, labels, baselines and a manifest; nothing executable
evaluate   that model on data it has not seen → metrics in the registry's format, and the gate's verdict
serve      that model over HTTP
check      what process would say of a drop, without a run
survey     what a file holds, before there is a contract

quality    is a drop fit to learn from? What process and check report
transform  learned from the training rows, compiled to the one graph that makes the features everywhere
features   typed rows, or records as a caller sends them → what that graph takes
dates      one spelling for one moment, and its parts
model      the model's folder: what is in it, and how it is checked before anything is loaded
report     pages and plots
images     pictures → rows of numbers
paths      the folders that SageMaker gives a container
parallel   the cores, and work handed out to them
kernels    what the numerical libraries are told before they are loaded
"""
