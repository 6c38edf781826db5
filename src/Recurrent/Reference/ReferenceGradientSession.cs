using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>
/// The parameters of a model, their gradients and an optimizer's moments, in plain C#, without the native library: what a
/// native gradient session is compared with. Outputs are those of a <see cref="ReferenceSession{T}"/>, bit for bit; it is
/// made to be read, not to be fast.
/// </summary>
/// <typeparam name="T">
/// The number type of parameters, inputs, states and outputs: <see cref="double"/> for exact gradients.
/// </typeparam>
/// <remarks>It belongs to one caller at a time; it does not check that.</remarks>
[SuppressMessage(
    "Design", "CA1000", Justification = "The number type has to be named: nothing in the arguments tells it.")]
public sealed partial class ReferenceGradientSession<T> : IGradientSession<T>
    where T : IFloatingPointIeee754<T>
{
    private readonly IReadOnlyList<LayerDropout> _dropout;
    private readonly T[] _parameters;
    // Sums over all steps of all rows, and of all passes: in double, whatever the number type.
    private readonly double[] _gradients;
    private readonly T[] _moments;
    // Of each layer, the rows of its table that have a gradient.
    private readonly SortedSet<int>[] _rows;
    // Tables that have the gradients of a penalty, which are those of all rows.
    private readonly HashSet<int> _penalized = [];
    private bool _gradientsAreOver;
    private T[]? _kept;
    private IReadOnlyList<LayerGradient<T>>? _layers;
    private SequencePass<T>? _pass;
    private GradientShape _shape;

    private ReferenceGradientSession(ModelDefinition definition, IReadOnlyList<LayerDropout> dropout)
    {
        Definition = definition;
        Blocks = ParameterBlocks.Of(definition, nameof(definition));
        _dropout = dropout;
        _parameters = Array.ConvertAll(ParameterBlocks.Gather(definition), T.CreateChecked);
        _gradients = new double[_parameters.Length];
        _rows = [.. definition.Layers.Select(_ => new SortedSet<int>())];
        _moments = new T[Require.Elements(2, _parameters.Length, "[2, ParameterCount]", nameof(definition))];
    }

    /// <summary>The model as it was opened.</summary>
    public ModelDefinition Definition { get; }

    /// <summary>Where each matrix and vector is among the parameters.</summary>
    public IReadOnlyList<ParameterBlock> Blocks { get; }

    /// <summary>Number of parameters.</summary>
    public int ParameterCount => _parameters.Length;

    /// <summary>
    /// Elements of state of one batch row in all layers and directions, and the output that is repeated at missing steps
    /// if there is one.
    /// </summary>
    public int StateSize => Definition.Graph.StateSize;

    /// <summary>Bytes of numbers that the last forward pass has kept for the backward pass.</summary>
    public long TapeBytes { get; private set; }

    /// <summary>Opens a session with the parameters of a model.</summary>
    /// <param name="definition">The model.</param>
    /// <param name="dropout">Rates for each layer, used by passes that have a seed; null or empty for none.</param>
    /// <returns>The session.</returns>
    /// <exception cref="ArgumentNullException">The definition is null.</exception>
    /// <exception cref="ArgumentException">
    /// There are not as many rates as layers, a rate is not from 0 up to but not including 1, something is to be dropped
    /// that a layer does not have, or the model has too many parameters.
    /// </exception>
    public static ReferenceGradientSession<T> Open(
        ModelDefinition definition, IReadOnlyList<LayerDropout>? dropout = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        LayerDropout[] rates = [.. dropout ?? []];
        GradientArguments.RequireDropout(definition.Graph, rates, nameof(dropout));
        return new ReferenceGradientSession<T>(definition, rates);
    }

    /// <summary>Copies all parameters out.</summary>
    /// <param name="values">Receives <c>[ParameterCount]</c>, of exactly that length.</param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    public void GetParameters(Span<T> values)
    {
        RequireParameters(values.Length, 1, nameof(values));
        _parameters.CopyTo(values);
    }

    /// <summary>Sets all parameters. A forward pass before it cannot be gone back through.</summary>
    /// <param name="values"><c>[ParameterCount]</c>, of exactly that length.</param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    public void SetParameters(ReadOnlySpan<T> values)
    {
        RequireParameters(values.Length, 1, nameof(values));
        values.CopyTo(_parameters);
        Forget();
    }

    /// <summary>
    /// Keeps the parameters of now, to go back to them with <see cref="RestoreParameters"/>: the last good ones of a
    /// training that may diverge.
    /// </summary>
    /// <param name="keeps">False to keep none any more.</param>
    public void KeepParameters(bool keeps = true) => _kept = keeps ? [.. _parameters] : null;

    /// <summary>
    /// Takes the parameters back that were kept; they are still kept. Gradients and moments stay as they are. A forward
    /// pass before it cannot be gone back through.
    /// </summary>
    /// <exception cref="InvalidOperationException">None are kept.</exception>
    public void RestoreParameters()
    {
        T[] kept = _kept
            ?? throw new InvalidOperationException("RestoreParameters: none are kept. Call KeepParameters first.");
        kept.CopyTo(_parameters, 0);
        Forget();
    }

    /// <summary>
    /// Copies all gradients out: the sums of all backward passes since they were zeroed or renewed.
    /// </summary>
    /// <param name="values">Receives <c>[ParameterCount]</c>, of exactly that length.</param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    public void GetGradients(Span<T> values)
    {
        RequireParameters(values.Length, 1, nameof(values));
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = T.CreateChecked(_gradients[i]);
        }
    }

    /// <summary>Sets all gradients to zero.</summary>
    public void ZeroGradients()
    {
        _gradientsAreOver = false;
        Array.Clear(_gradients);
        Array.ForEach(_rows, rows => rows.Clear());
        _penalized.Clear();
    }

    /// <summary>The model with the current parameters, rounded to <see cref="float"/>.</summary>
    /// <returns>A definition of its own: it does not change any more.</returns>
    public ModelDefinition ToDefinition() =>
        ParameterBlocks.Replace(Definition, Blocks, Array.ConvertAll(_parameters, float.CreateChecked));

    /// <summary>Does nothing: a managed session holds nothing that has to be given back.</summary>
    void IDisposable.Dispose()
    {
    }

    private void RequireParameters(int length, int rows, string argument) =>
        Require.Shape(length, rows, ParameterCount, "[rows, ParameterCount]", argument);

    /// <summary>Before anything is added to gradients: those that have served are zeroed.</summary>
    private void BeginGradients()
    {
        if (_gradientsAreOver)
        {
            ZeroGradients();
        }
    }

    /// <summary>Parameters have changed: layers have to be made again, and no pass belongs to them.</summary>
    private void Forget()
    {
        _layers = null;
        _pass = null;
        _shape = default;
    }
}
