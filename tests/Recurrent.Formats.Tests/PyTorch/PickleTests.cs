using System.Text;

namespace Recurrent.Formats.Tests;

/// <summary>Pickles that do what no model needs.</summary>
public sealed class PickleTests
{
    [Theory]
    [InlineData("cos\nsystem\n", "'os.system' is refused")]
    [InlineData("cposix\nsystem\n", "'posix.system' is refused")]
    [InlineData("cbuiltins\neval\n", "'builtins.eval' is refused")]
    [InlineData("c__builtin__\nexec\n", "'__builtin__.exec' is refused")]
    [InlineData("ctorch\nload\n", "'torch.load' is refused")]
    [InlineData("ctorch.storage\n_load_from_bytes\n", "'torch.storage._load_from_bytes' is refused")]
    [InlineData("ctorch._utils\n_rebuild_tensor_v2.__globals__\n", "_rebuild_tensor_v2.__globals__' is refused")]
    [InlineData("csubprocess\nPopen\n", "'subprocess.Popen' is refused")]
    [InlineData("crunpy\n_run_code\n", "'runpy._run_code' is refused")]
    [InlineData("\x8c\x08" + "builtins" + "\x8c\x04" + "eval" + "\x93", "'builtins.eval' is refused")]
    public void A_name_that_would_run_something_is_refused_and_nothing_executed(string operations, string expected) =>
        Assert.Contains(expected, Refused(operations + "X\x01\x00\x00\x00x\x85R"));

    [Theory]
    [InlineData("ios\nsystem\n", "operation 0x69")]
    [InlineData("(S'ls'\nios\nsystem\n", "operation 0x53")]
    [InlineData("P0\n", "operation 0x50")]
    [InlineData("o", "operation 0x6f")]
    [InlineData("\x82\x01", "operation 0x82")]
    [InlineData("\x8b\xFF\xFF\xFF\x7F", "operation 0x8b")]
    [InlineData("\x98", "operation 0x98")]
    [InlineData("2", "operation 0x32")]
    public void An_operation_that_models_do_not_need_is_refused(string operations, string expected) =>
        Assert.Contains(expected, Refused(operations));

    [Theory]
    [InlineData("ctorch\nFloatStorage\n)R", "found an object of torch.FloatStorage")]
    [InlineData("c__main__\nNet\n)R", "found an object of __main__.Net")]
    [InlineData("c__main__\nNet\n)\x81}b", "found an object of __main__.Net")]
    [InlineData("ccopyreg\n_reconstructor\n(c__main__\nNet\nc__builtin__\nobject\nNtR", "found an object of __main__.Net")]
    [InlineData(")\x81", "expected 2 values, found 1")]
    [InlineData("N)\x81", "expected the name of a class, found something else")]
    [InlineData("c__main__\nNet\nN\x81", "expected a tuple of arguments")]
    [InlineData("ctorch._utils\n_rebuild_tensor_v2\n)R", "expected a storage, an offset, sizes and strides")]
    [InlineData("ctorch._utils\n_rebuild_parameter\n)R", "expected a tensor as its first argument")]
    [InlineData("X\x01\x00\x00\x00x)R", "expected a function and a tuple")]
    [InlineData("NQ", "expected the name of a tensor's storage, found something else")]
    [InlineData("(X\x06\x00\x00\x00moduleNtQ", "expected the name of a tensor's storage, found something else")]
    [InlineData("]}b", "expected an object or a dictionary that has attributes")]
    [InlineData("\x80\x06", "protocol 6")]
    [InlineData("0", "operation 0x30")]
    [InlineData("s", "expected 2 values, found 0")]
    [InlineData("}(Nu", "expected a dictionary to add to, and pairs")]
    [InlineData("N(NNu", "expected a dictionary to add to")]
    [InlineData("}Na", "expected a list to add to")]
    [InlineData("u", "a mark is missing")]
    [InlineData("}(R", "expected 2 values, found 0")]
    [InlineData("(q\x00", "a value is missing")]
    [InlineData("h\x07", "it refers to value 7")]
    [InlineData("j\xFF\xFF\xFF\xFF", "it refers to value 4294967295")]
    [InlineData("X\xFF\xFF\xFF\xFF", "a value of 4294967295 bytes")]
    [InlineData("X\x10\x00\x00\x00", "it ends too early")]
    [InlineData("cos", "it ends too early")]
    [InlineData("B\xFF\xFF\xFF\x7F", "a value of 2147483647 bytes")]
    [InlineData("", "a value is missing")]
    [InlineData("]", "found a list")]
    [InlineData("N", "found something else")]
    [InlineData("}", "no tensors by name in it")]
    public void A_pickle_that_makes_no_sense_is_refused(string operations, string expected) =>
        Assert.Contains(expected, Refused(operations));

    [Theory]
    [InlineData(")")]
    [InlineData(")\x85")]
    [InlineData("]\x85")]
    [InlineData("X\x01\x00\x00\x00nN\x86\x85\x85")]
    [InlineData("]X\x01\x00\x00\x00nN\x86" + "a\x85")]
    [InlineData("](]X\x01\x00\x00\x00naNae\x85")]
    public void A_dictionary_is_made_of_a_list_or_a_tuple_of_pairs(string arguments) =>
        Assert.Contains("no tensors by name", Refused("ccollections\nOrderedDict\n" + arguments + "R"));

    [Theory]
    [InlineData("N\x85")]
    [InlineData("N\x85\x85")]
    [InlineData("NNN\x87\x85\x85")]
    [InlineData("]]\x86")]
    public void A_dictionary_of_what_is_no_pair_is_refused(string arguments) =>
        Assert.Contains(
            "'collections.OrderedDict': expected no argument, or a list or tuple of pairs.",
            Refused("ccollections\nOrderedDict\n" + arguments + "R"));

    [Fact]
    public void A_value_that_contains_itself_is_no_trouble()
    {
        Assert.Contains("found a list", Refused("]q\x00h\x00" + "ah\x00" + "a"));
        Assert.Contains("no tensors by name", Refused("}q\x00" + "X\x01\x00\x00\x00xh\x00s"));
    }

    [Fact]
    public void Lists_of_lists_that_double_each_time_are_no_trouble()
    {
        var operations = new StringBuilder("]q\x00");
        for (char i = '\0'; i < 200; i++)
        {
            operations.Append($"](h{i}h{i}eq{(char)(i + 1)}");
        }

        Assert.Contains("found a list", Refused(operations.ToString()));
    }

    [Fact]
    public void A_dictionary_that_is_referred_to_over_and_over_is_searched_once()
    {
        const int Entries = 100_000;
        var builder = new CheckpointBuilder().Operations("}(");
        for (int i = 0; i < Entries; i++)
        {
            builder.Text($"{i}").Operation('N');
        }

        builder.Operations("uq\x00}(");
        for (int i = 0; i < Entries; i++)
        {
            builder.Text($"{i}").Operations("h\x00");
        }

        // As large as a file that has so many names and values.
        builder.Operation('u').Entry("archive/data/0", new byte[4_000_000]);
        Assert.Contains("no tensors by name", Assert.Throws<ModelFormatException>(builder.Parse).Message);
    }

    [Fact]
    public void Values_marks_and_memories_without_end_are_refused()
    {
        Assert.Contains("its values: a file of 2000", Refused(new string(']', 2_000_001)));
        Assert.Contains("nested more than 1000 deep", Refused(new string('(', 1001)));
        Assert.Contains("what it remembers: a file of 2000", Refused("N" + new string('\x94', 2_000_001)));
    }

    [Fact]
    public void A_name_without_end_is_refused() =>
        Assert.Contains("a line of more than 65536 bytes", Refused("c" + new string('x', 100_000)));

    [Fact]
    public void The_message_names_the_byte() =>
        Assert.Contains("data.pkl, byte 3: 'os.system'", Refused("Ncos\nsystem\n"));

    private static string Refused(string operations)
    {
        byte[] bytes = new CheckpointBuilder().Operations(operations).Build();
        return Assert.Throws<ModelFormatException>(() => PyTorchFile.Parse(bytes)).Message;
    }
}
