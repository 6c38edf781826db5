namespace Recurrent.Layers;

/// <summary>
/// How many steps a model takes, where not every number of them will do: each window needs its steps, and what is flattened has a
/// given number of them.
/// </summary>
internal sealed class StepRules
{
    private readonly List<Rule> _rules = [];

    /// <summary>Finds the rules, and refuses layers that no number of steps suits together.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="reads">Of each layer the numbers of the values that it reads.</param>
    /// <param name="values">All values, that of layer <c>i</c> being <c>inputs + i</c>.</param>
    /// <param name="argument">What the layers are called in messages.</param>
    public StepRules(
        IReadOnlyList<Layer> layers,
        IReadOnlyList<IReadOnlyList<int>> reads,
        IReadOnlyList<ModelValue> values,
        string argument)
    {
        int inputs = values.Count - layers.Count;
        for (int i = 0; i < layers.Count; i++)
        {
            string name = $"layer {i}, {layers[i].Kind},";
            switch (layers[i].Specification)
            {
                case WindowSpecification { ChangesSteps: true }:
                    _rules.Add(new Rule(name, values[inputs + i].Time, 1, int.MaxValue));
                    break;
                case FlattenSpecification { Steps: var steps }:
                    _rules.Add(new Rule(name, values[reads[i][0]].Time, steps, steps));
                    break;
            }
        }

        // Each holds for some number of steps and those behind it, or between two.
        foreach (Rule rule in _rules)
        {
            LeastTime = Math.Max(LeastTime, rule.LeastTime);
            MostTime = Math.Min(MostTime, rule.MostTime);
        }

        if (LeastTime > MostTime)
        {
            Rule least = _rules.Find(rule => rule.LeastTime == LeastTime)!;
            Rule most = _rules.Find(rule => rule.MostTime == MostTime)!;
            throw new ArgumentException(
                $"{argument}: expected layers that take the same number of steps, found none that does: {least.Layer} needs "
                + $"at least {LeastTime} steps of the model, and {most.Layer} at most {MostTime}.",
                argument);
        }
    }

    /// <summary>The fewest steps of the model.</summary>
    public int LeastTime { get; } = 1;

    /// <summary>The most steps of the model.</summary>
    public int MostTime { get; } = int.MaxValue;

    /// <summary>Whether the model takes so many steps, 1 or more.</summary>
    public bool Takes(int time) => time >= LeastTime && time <= MostTime;

    /// <summary>Refuses a number of steps that the model does not take; 0 does nothing and is none of them.</summary>
    public void RequireTime(int time, string argument)
    {
        foreach (Rule rule in _rules)
        {
            if (time > 0 && !rule.Holds(time))
            {
                throw new ArgumentException($"{argument}: expected {rule.Times()}; found {time}.", argument);
            }
        }
    }

    /// <summary>Refuses lengths of rows that are to be flattened and are not as long.</summary>
    public void RequireLengths(ReadOnlySpan<int> lengths, string argument)
    {
        foreach (Rule rule in _rules)
        {
            for (int row = 0; row < lengths.Length; row++)
            {
                if (rule.IsExact && lengths[row] > 0 && !rule.Holds(lengths[row]))
                {
                    throw new ArgumentException(
                        $"{argument}[{row}]: expected 0, or {rule.Times()}; found {lengths[row]}.", argument);
                }
            }
        }
    }

    /// <summary>What a layer needs of the steps of a value.</summary>
    /// <param name="Layer">The layer.</param>
    /// <param name="Time">The steps of the value.</param>
    /// <param name="Least">The fewest that it takes.</param>
    /// <param name="Most">The most that it takes.</param>
    private sealed record Rule(string Layer, TimeBase Time, int Least, int Most)
    {
        /// <summary>Whether each row has to have these steps; of windows a row may have none.</summary>
        public bool IsExact => Most == Least;

        /// <summary>The fewest steps of the model for which it holds.</summary>
        public int LeastTime => FirstWith(Least);

        /// <summary>The most.</summary>
        public int MostTime => Time.Steps(int.MaxValue) <= Most ? int.MaxValue : FirstWith(Most + 1) - 1;

        public bool Holds(int time) => Time.Steps(time) is var steps && steps >= Least && steps <= Most;

        /// <summary>The steps of the model for which it holds, and why.</summary>
        public string Times()
        {
            if (!IsExact)
            {
                return $"at least {LeastTime}, because {Layer} has no window in fewer";
            }

            string times = LeastTime == MostTime ? $"{LeastTime}"
                : MostTime == int.MaxValue ? $"at least {LeastTime}"
                : $"{LeastTime} to {MostTime}";
            return $"{times}, because {Layer} takes {Least} steps";
        }

        // Steps never become fewer where the model has more.
        private int FirstWith(int steps)
        {
            int low = 1;
            int high = int.MaxValue;
            while (low < high)
            {
                int middle = low + ((high - low) / 2);
                (low, high) = Time.Steps(middle) >= steps ? (low, middle) : (middle + 1, high);
            }

            return low;
        }
    }
}
