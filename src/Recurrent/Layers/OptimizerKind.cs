namespace Recurrent.Layers;

/// <summary>How parameters are moved along their gradients.</summary>
public enum OptimizerKind
{
    /// <summary>
    /// <c>p -= rate g</c>; with momentum <c>v = momentum v + g, p -= rate v</c>, or, with Nesterov's,
    /// <c>p -= rate (g + momentum v)</c> (PyTorch's form; Sutskever et al. 2013).
    /// </summary>
    Sgd = 0,

    /// <summary>
    /// <c>v = decay2 v + (1 - decay2) g^2, p -= rate g / (sqrt(v) + epsilon)</c> (Hinton 2012); with momentum
    /// <c>m = momentum m + g / (sqrt(v) + epsilon), p -= rate m</c>.
    /// </summary>
    RmsProp = 1,

    /// <summary>
    /// <c>m = decay1 m + (1 - decay1) g, v = decay2 v + (1 - decay2) g^2</c>, at step t from 1
    /// <c>p -= rate / (1 - decay1^t) m / (sqrt(v / (1 - decay2^t)) + epsilon)</c> (Kingma &amp; Ba 2015; epsilon after the
    /// bias correction, as in PyTorch).
    /// </summary>
    Adam = 2,

    /// <summary>Adam after <c>p -= rate weightDecay p</c> (Loshchilov &amp; Hutter 2019).</summary>
    AdamW = 3,
}
