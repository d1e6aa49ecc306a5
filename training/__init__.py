"""The container image of every SageMaker job and endpoint: process, train, evaluate and serve, in that order.

process    a drop and its contract → checked, split and transformed data, or a refusal with rule and figure
train      those data → a model: ONNX graphs, labels, baselines and a manifest; nothing executable
evaluate   that model on data it has not seen → metrics in the registry's format, and the gate's verdict
serve      that model over HTTP
check      what process would say of a drop, without a run
survey     what a file holds, before there is a contract

quality    is a drop fit to learn from? What process and check report
features   a record as a caller sends it → what the transform's graph takes
model      the model's folder: what is in it, and how it is checked before anything is loaded
paths      the folders that SageMaker gives a container
"""
