namespace Recurrent.Tests.Support;

/// <summary>Tests that count something of the whole process, so that nothing else may run.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
