using Recurrent.Interop;

namespace Recurrent.Tests.Interop;

/// <summary>Every status of the C interface has its exception, with the library's words.</summary>
public sealed class NativeStatusTests
{
    public static TheoryData<int, Type> Exceptions => new()
    {
        { (int)NativeStatus.InvalidArgument, typeof(ArgumentException) },
        { (int)NativeStatus.NotSupported, typeof(NotSupportedException) },
        { (int)NativeStatus.Busy, typeof(InvalidOperationException) },
        { (int)NativeStatus.OutOfMemory, typeof(InsufficientMemoryException) },
        { (int)NativeStatus.Unavailable, typeof(PlatformNotSupportedException) },
        { (int)NativeStatus.Internal, typeof(RecurrentException) },
        { (int)NativeStatus.FileAccess, typeof(IOException) },
        { (int)NativeStatus.BadFile, typeof(InvalidDataException) },
        { 99, typeof(RecurrentException) },
    };

    [Theory]
    [MemberData(nameof(Exceptions))]
    public void A_status_becomes_its_exception_and_keeps_the_message(int status, Type expected)
    {
        Exception exception = ((NativeStatus)status).ToException("what was wrong");

        Assert.IsType(expected, exception);
        Assert.Contains("what was wrong", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_status_but_ok_is_translated()
    {
        IEnumerable<NativeStatus> failures = Enum.GetValues<NativeStatus>().Where(status => status != NativeStatus.Ok);

        Assert.All(
            failures,
            status => Assert.DoesNotContain("unknown", status.ToException("m").Message, StringComparison.Ordinal));
    }

    [Fact]
    public void An_unknown_status_is_named() =>
        Assert.Contains("99", ((NativeStatus)99).ToException("m").Message, StringComparison.Ordinal);

    [Fact]
    public void Out_of_memory_is_caught_as_such() =>
        Assert.IsAssignableFrom<OutOfMemoryException>(NativeStatus.OutOfMemory.ToException("m"));

    [Fact]
    public void Ok_throws_nothing() => NativeStatus.Ok.ThrowIfFailed();

    [Theory]
    [InlineData("gemm_provider: Intel MKL was asked for", nameof(GemmProvider) + ": Intel MKL was asked for")]
    [InlineData("isa: expected scalar", nameof(InstructionSet) + ": expected scalar")]
    [InlineData("isaac: is no parameter", "isaac: is no parameter")]
    [InlineData("x: expected isa: or what", "x: expected isa: or what")]
    public void Parameters_with_another_name_in_managed_code_have_it_in_messages(string native, string managed) =>
        Assert.Equal(managed, NativeArgument.InManagedTerms(native));

    [Theory]
    [InlineData("x: expected 20 elements; found 19", "x")]
    [InlineData("first_row: expected 0 to 3; found -1", "firstRow")]
    [InlineData("desc.layers[2].input_size: expected 20; found 0", "layers")]
    [InlineData("desc->batch: expected 0 or more; found -1", "batch")]
    [InlineData("args.y_count: expected 6; found 5", "yCount")]
    [InlineData("layers[0].forward.input_weights: expected a pointer; found null", "layers")]
    [InlineData("desc: expected a pointer; found null", "desc")]
    [InlineData("the sizes do not match: expected 3", null)]
    [InlineData("no colon", null)]
    [InlineData(": nothing before it", null)]
    [InlineData("", null)]
    [InlineData("RECURRENT_ISA: expected scalar, avx2 or avx512, found 'sse'", null)]
    public void The_parameter_is_taken_from_the_beginning_of_the_message(string message, string? parameter)
    {
        ArgumentException exception =
            Assert.IsType<ArgumentException>(NativeStatus.InvalidArgument.ToException(message));

        Assert.Equal(parameter, exception.ParamName);
        Assert.StartsWith(message, exception.Message, StringComparison.Ordinal);
    }
}
