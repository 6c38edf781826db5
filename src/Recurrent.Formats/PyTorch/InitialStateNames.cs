namespace Recurrent.Formats;

/// <summary>
/// The tensors that hold the states which a recurrent module starts from: <c>[layers * directions, StateSize]</c>, with
/// any axes of size 1 between.
/// </summary>
/// <param name="Hidden">The name of the hidden states' tensor (PyTorch <c>h_0</c>).</param>
/// <param name="Cell">The name of an LSTM's cell states' tensor (PyTorch <c>c_0</c>); null for zeros.</param>
public sealed record InitialStateNames(string Hidden, string? Cell = null);
