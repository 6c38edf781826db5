using System.Globalization;
using System.Text;
using Recurrent.Files;

namespace Recurrent.Training;

/// <summary>What training has gone through: a loss for every batch, metrics for every epoch (Keras <c>History</c>).</summary>
public sealed class History
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, List<double>> _columns = new(StringComparer.Ordinal);
    private readonly List<double> _batchLosses = [];

    /// <summary>Epochs that are done.</summary>
    public int Epochs => _names.Count == 0 ? 0 : _columns[_names[0]].Count;

    /// <summary>
    /// Names of the loss and metrics: <c>loss</c>, the metrics, <c>learning_rate</c>, and <c>val_</c> before those of the validation.
    /// </summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The loss of every batch, penalties included, before its update; 0 for one without a valid position.</summary>
    public IReadOnlyList<double> BatchLosses => _batchLosses;

    /// <summary>A metric at every epoch; NaN where it was not taken.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <returns>The values.</returns>
    /// <exception cref="KeyNotFoundException">There is no such metric.</exception>
    public IReadOnlyList<double> this[string name] => _columns[name];

    /// <summary>Writes the metrics of all epochs as comma-separated values, with a line of names.</summary>
    /// <param name="path">The file. One that is there is replaced, once the new one is written.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void SaveCsv(string path)
    {
        var text = new StringBuilder();
        text.Append("epoch").AppendJoin(string.Empty, _names.Select(name => $",{name}")).Append('\n');
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            text.Append(epoch + 1);
            foreach (string name in _names)
            {
                text.Append(',').Append(_columns[name][epoch].ToString("R", CultureInfo.InvariantCulture));
            }

            text.Append('\n');
        }

        AtomicFile.WriteText(path, text.ToString());
    }

    internal void ReserveBatches(long batches) =>
        _batchLosses.EnsureCapacity((int)Math.Min(_batchLosses.Count + batches, 1 << 20));

    internal void AddBatch(double loss) => _batchLosses.Add(loss);

    internal void AddEpoch(IReadOnlyDictionary<string, double> metrics)
    {
        int before = Epochs;
        foreach ((string name, double value) in metrics)
        {
            if (!_columns.TryGetValue(name, out List<double>? column))
            {
                column = [.. Enumerable.Repeat(double.NaN, before)];
                _columns.Add(name, column);
                _names.Add(name);
            }

            column.Add(value);
        }

        foreach (List<double> column in _columns.Values.Where(column => column.Count == before))
        {
            column.Add(double.NaN);
        }
    }

    internal void Save(TrainingCheckpoint checkpoint)
    {
        checkpoint.SetText("history.names", string.Join('\n', _names));
        checkpoint.SetValues<double>("history.batch_losses", _batchLosses.ToArray());
        for (int i = 0; i < _names.Count; i++)
        {
            checkpoint.SetValues<double>($"history.{i}", _columns[_names[i]].ToArray());
        }
    }

    internal void Restore(TrainingCheckpoint checkpoint)
    {
        _names.Clear();
        _columns.Clear();
        _batchLosses.Clear();
        _batchLosses.AddRange(checkpoint.GetValues<double>("history.batch_losses"));
        string[] names = checkpoint.GetText("history.names").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < names.Length; i++)
        {
            _names.Add(names[i]);
            double[] values = checkpoint.GetValues<double>($"history.{i}");
            if (!_columns.TryAdd(names[i], [.. values]) || values.Length != Epochs)
            {
                throw new InvalidDataException(
                    $"The checkpoint's history of {names[i]} is there twice, or not as long as that of {names[0]}.");
            }
        }
    }
}
