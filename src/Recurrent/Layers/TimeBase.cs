namespace Recurrent.Layers;

/// <summary>
/// How many steps a value has, as a rule: the model's, as many as a repetition makes, or the last ones of another. Values go
/// together if their rules are the same.
/// </summary>
internal abstract record TimeBase
{
    /// <summary>The steps of the model's inputs.</summary>
    public static TimeBase Model { get; } = new ModelTime();

    /// <summary>One step, for a row that has steps.</summary>
    public static TimeBase Row { get; } = new RowTime();

    /// <summary>So many steps, for a row that has steps.</summary>
    public static TimeBase Repeated(int steps) => new RepeatedTime(steps);

    /// <summary>The last steps of another.</summary>
    public static TimeBase Last(int steps, TimeBase of) => new LastTime(steps, of);

    /// <summary>Steps that memory has room for, where the model has so many.</summary>
    public abstract int Steps(int time);

    /// <summary>Steps of a row of the batch that has so many of the model.</summary>
    public virtual int Length(int length) => length == 0 ? 0 : Steps(length);

    private sealed record ModelTime : TimeBase
    {
        public override int Steps(int time) => time;

        public override string ToString() => "the model's steps";
    }

    private sealed record RowTime : TimeBase
    {
        public override int Steps(int time) => 1;

        public override string ToString() => "one step";
    }

    private sealed record RepeatedTime(int Count) : TimeBase
    {
        public override int Steps(int time) => time == 0 ? 0 : Count;

        public override string ToString() => $"{Count} steps";
    }

    private sealed record LastTime(int Count, TimeBase Of) : TimeBase
    {
        public override int Steps(int time) => Math.Min(Of.Steps(time), Count);

        public override string ToString() => $"the last {Count} of {Of}";
    }
}
