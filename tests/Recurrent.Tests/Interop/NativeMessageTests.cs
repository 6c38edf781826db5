using Recurrent.Interop;
using Recurrent.Messages;

namespace Recurrent.Tests.Interop;

/// <summary>Errors of the native library and of loading it are not endless, and cannot control a terminal.</summary>
public sealed class NativeMessageTests
{
    private const string Hostile = "\u001b]0;owned\u0007\u009b2J\u202e";

    public static TheoryData<int> Statuses => [.. Enumerable.Range(1, 6), 99];

    [Theory]
    [MemberData(nameof(Statuses))]
    public void An_error_of_the_library_ends_at_500_characters(int status)
    {
        string message = $"first_row: expected 0{new string('x', 10_000)} and the reason";

        Exception exception = ((NativeStatus)status).ToException(message);

        Assert.InRange(exception.Message.Length, 1, MessageText.MaxLength);
        Assert.Contains("first_row: expected 0x", exception.Message, StringComparison.Ordinal);
        Assert.Contains("x…x", exception.Message, StringComparison.Ordinal);
        Assert.Contains("and the reason", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Statuses))]
    public void An_error_of_the_library_cannot_control_a_terminal(int status)
    {
        Exception exception = ((NativeStatus)status).ToException($"x: found '{Hostile}'");

        Assert.Contains("found '\uFFFD]0;owned\uFFFD\uFFFD2J\uFFFD'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_forced_path_that_is_endless_and_hostile_is_cut_in_the_message()
    {
        var search = new NativeLibrarySearch { ForcedPath = $"/missing{Hostile}/{new string('x', 100_000)}" };

        var exception = Assert.Throws<NativeLibraryException>(() => NativeLibraryLoader.Load(search));

        Assert.InRange(exception.Message.Length, 1, MessageText.MaxLength);
        Assert.DoesNotContain(exception.Message, char.IsControl);
        Assert.Contains(NativeLibrarySearch.PathVariable, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_of_ours_is_kept_as_it_is()
    {
        const string Text = "naïve 😀: expected 1,\nfound 2.";

        Assert.Same(Text, MessageText.Of(Text));
        Assert.Equal("naïve 😀: expected 1,\uFFFDfound 2.", MessageText.Line(Text, 100));
    }

    [Fact]
    public void A_cut_leaves_no_half_of_a_character()
    {
        for (int shift = 0; shift < 2; shift++)
        {
            string cut = MessageText.Of(new string('x', shift) + string.Concat(Enumerable.Repeat("😀", 1000)));

            Assert.Equal(MessageText.MaxLength, cut.Length);
            for (int i = 0; i < cut.Length; i += char.IsSurrogatePair(cut, i) ? 2 : 1)
            {
                Assert.True(!char.IsSurrogate(cut[i]) || char.IsSurrogatePair(cut, i), $"at {i}, shift {shift}");
            }
        }
    }
}
