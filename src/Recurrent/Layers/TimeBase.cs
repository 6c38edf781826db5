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

    /// <summary>Windows over another, see <see cref="WindowSpecification"/>.</summary>
    /// <param name="more">Steps of padding less the reach of a window.</param>
    /// <param name="stride">Steps from one window to the next.</param>
    /// <param name="of">The steps that the windows are made of.</param>
    public static TimeBase Windows(int more, int stride, TimeBase of) => new WindowTime(more, stride, of);

    /// <summary>Steps that memory has room for, where the model has so many.</summary>
    public int Steps(int time) => (int)Math.Min(int.MaxValue, Count(time));

    /// <summary>The same in full: padding may make more of them than an int holds.</summary>
    protected abstract long Count(long time);

    /// <summary>Steps of a row of the batch that has so many of the model.</summary>
    public int Length(int length) => length == 0 ? 0 : Steps(length);

    private sealed record ModelTime : TimeBase
    {
        protected override long Count(long time) => time;

        public override string ToString() => "the model's steps";
    }

    private sealed record RowTime : TimeBase
    {
        protected override long Count(long time) => 1;

        public override string ToString() => "one step";
    }

    private sealed record RepeatedTime(int Number) : TimeBase
    {
        protected override long Count(long time) => time == 0 ? 0 : Number;

        public override string ToString() => $"{Number} steps";
    }

    private sealed record LastTime(int Number, TimeBase Of) : TimeBase
    {
        protected override long Count(long time) => Math.Min(Of.Count(time), Number);

        public override string ToString() => $"the last {Number} of {Of}";
    }

    private sealed record WindowTime(int More, int Stride, TimeBase Of) : TimeBase
    {
        public override string ToString()
        {
            string steps = More == 0 ? $"{Of}" : More < 0 ? $"{Of} less {-More}" : $"{Of} and {More} more";
            return Stride == 1 ? steps : $"one in {Stride} of {steps}";
        }

        protected override long Count(long time)
        {
            long of = Of.Count(time);
            long last = of + More - 1;
            return of == 0 || last < 0 ? 0 : (last / Stride) + 1;
        }
    }
}
