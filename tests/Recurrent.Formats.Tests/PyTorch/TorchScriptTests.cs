using System.Text;
using Recurrent.Formats.PyTorch.Script;
using Recurrent.Formats.Tensors;
using Recurrent.Layers;

namespace Recurrent.Formats.Tests;

/// <summary>Code of TorchScript archives: what is decided, what is refused and where, and that nothing runs away.</summary>
public sealed class TorchScriptTests
{
    [Theory]
    [InlineData("return torch.linear(x, self.weight, None)")]
    [InlineData("if torch.eq(torch.dim(x), 3):\n  y = x\nelse:\n  y = torch.randn([3])\nreturn torch.linear(y, self.weight, None)")]
    [InlineData("_0 = torch.gt(torch.size(x, 1), 4)\nif _0:\n  pass\nelse:\n  ops.prim.RaiseException(\"short\")\nreturn torch.linear(x, self.weight, None)")]
    [InlineData("y = x\nfor i in range(3):\n  y = torch.clone(y)\nreturn torch.matmul(y, torch.t(self.weight))")]
    [InlineData("with __torch__.torch.no_grad():\n  y = torch.linear(x, self.weight, None)\nreturn y")]
    [InlineData("a, b, = (x, None)\nif torch.__is__(b, None):\n  c = a\nelse:\n  c = b\nreturn torch.linear(c, (self).pick(self.weight, ), None)\ndef pick(self: __torch__.M,\n  w: Tensor,\n  n: int=2) -> Tensor:\n  return [w, w][torch.sub(n, 1)]")]
    [InlineData("y = torch.dropout(torch.linear(x, self.weight, None), 0.5, self.training)\nreturn torch.add_(y, 0)")]
    public void What_is_known_is_decided(string body)
    {
        ImportedModel model = Load(body);

        Assert.Equal("TorchScript", model.Format);
        DenseLayer dense = Assert.IsType<DenseLayer>(model.Definition.Layers[0]);
        Assert.Equal([1f, 2, 3, 4, 5, 6], dense.Weights.Kernel.ToArray());
        Assert.Equal(SequenceLayout.BatchMajor, model.Definition.Layout);
    }

    [Theory]
    [InlineData("y = torch.linear(x, self.weight, None)\nif torch.gt(torch.size(x, 1), 4):\n  y = x\nelse:\n  pass\nreturn y", "code/__torch__.py, line 8: which branch is taken depends on what the model is given")]
    [InlineData("for i in range(torch.size(x, 1)):\n  pass\nreturn x", "line 7: how often a loop repeats depends on what the model is given")]
    [InlineData("while True:\n  pass\nreturn x", "line 7: 'while' cannot be followed")]
    [InlineData("return torch.randn([2])", "line 7: torch.randn: random numbers are no part of a model")]
    [InlineData("return torch.hardshrink(torch.linear(x, self.weight, None))", "line 7: torch.hardshrink: there is no such activation")]
    [InlineData("return ops.quantized.linear_dynamic(x, self.weight)", "quantized models are not supported")]
    [InlineData("return torch.save(x, \"file\")", "torch.save: this function is not part of a recurrent model")]
    [InlineData("return os.system(\"ls\")", "os.system: this function is not part of a recurrent model")]
    [InlineData("ops.prim.RaiseException(\"no\")\nreturn x", "line 7: ops.prim.RaiseException: the code raises an exception here")]
    [InlineData("return torch.linear(x, self.bias, None)", "line 7: the object '' of class __torch__.M has no 'bias'")]
    [InlineData("return (self).forward(x, )", "calls more than 100 deep")]
    [InlineData("return x", "expected to return what a layer makes")]
    [InlineData("return CONSTANTS.c0", "the archive has no constant 'c0'")]
    [InlineData("self.weight = torch.linear(x, self.weight, None)\nreturn torch.linear(x, CONSTANTS.c9, None)", "the archive has no constant 'c9'")]
    [InlineData("a, b, = (x, x, x)\nreturn a", "line 7: expected 2 values, found 3")]
    [InlineData("return x[", "expected a value, found the end")]
    [InlineData("return \"text", "line 7: a text does not end")]
    [InlineData("return x ? x", "line 7: the character U+003F is not expected here")]
    public void What_is_not_understood_is_refused_with_its_line(string body, string expected) =>
        Assert.Contains(expected, Assert.Throws<ModelFormatException>(() => Load(body)).Message);

    // What a function gives may be a view of its argument, and a change of the one changes the other.
    [Theory]
    [InlineData("y = torch.linear(x, self.weight, None)\nz = torch.clone(y)\n_0 = torch.mul_(z, 2)\nreturn y", "line 10: ")]
    [InlineData("y = torch.linear(x, self.weight, None)\nz = torch.contiguous(y)\n_0 = torch.add_(y, 1)\nreturn z", "line 10: ")]
    [InlineData("y = torch.linear(x, self.weight, None)\nz = torch.transpose(y, 0, 1)\n_0 = torch.mul_(z, 2)\nreturn y", "line 10: ")]
    [InlineData("y = torch.linear(x, self.weight, None)\nz = torch.slice(y, 2, 0, 1)\n_0 = torch.relu_(y)\nreturn z", "line 10: ")]
    [InlineData("y = torch.linear(x, self.weight, None)\na, b, = torch.chunk(y, 2, 2)\n_0 = torch.relu_(a)\nreturn torch.cat([a, b], 2)", "line 10: ")]
    [InlineData("y = torch.linear(x, self.weight, None)\n_0 = torch.mul_(torch.slice(torch.unsqueeze(y, 3), 2, 0, 1), 2)\nreturn y", "line 9: ")]
    [InlineData("y = torch.zeros_like(torch.linear(x, self.weight, None))\n_0 = torch.copy_(torch.slice(y, 2, 0, 1), torch.linear(x, self.weight, None))\nreturn torch.add(y, x)", "line 9: ")]
    public void What_a_change_in_place_may_have_changed_is_refused(string body, string place)
    {
        string message = Assert.Throws<ModelFormatException>(() => Load(body)).Message;

        Assert.Contains(place, message);
        Assert.Contains("may share elements with what code/__torch__.py, line", message);
    }

    [Theory]
    [InlineData("y = torch.linear(x, self.weight, None)\n_0 = torch.mul_(y, 2)\nreturn y")]
    [InlineData("y = torch.linear(x, self.weight, None)\nz = torch.mul_(torch.transpose(torch.transpose(y, 0, 1), 0, 1), 2)\nreturn z")]
    [InlineData("y = torch.contiguous(torch.linear(x, self.weight, None))\nz = torch.mul_(y, 2)\nreturn z")]
    [InlineData("y = torch.linear(x, self.weight, None)\nz = torch.detach(y)\n_0 = torch.mul_(z, 2)\nreturn y")]
    public void What_is_changed_in_place_is_read_as_it_is_then(string body) => Assert.Equal([12f, 30], Step(body));

    [Theory]
    [InlineData("return torch.linear(torch.to(torch.mul(x, 3), 3), self.weight, None)", "torch.to: rounding")]
    [InlineData("return torch.linear(torch.to(torch.mul(x, 3), dtype=4), self.weight, None)", "torch.to: rounding")]
    [InlineData("return torch.linear(torch.to(torch.mul(x, 3), torch.device(\"cpu\"), 11), self.weight, None)", "torch.to: rounding")]
    [InlineData("return torch.linear(torch.to(torch.to(x, 4), 6), self.weight, None)", "line 7: rounding the numbers of the input 'x'")]
    [InlineData("return torch.linear(torch.float(torch.long(x)), self.weight, None)", "line 7: rounding the numbers of the input 'x'")]
    public void What_would_be_rounded_is_refused(string body, string expected) =>
        Assert.Contains(expected, Assert.Throws<ModelFormatException>(() => Load(body)).Message);

    [Theory]
    [InlineData("return torch.linear(torch.to(x, 6), self.weight, None)")]
    [InlineData("return torch.linear(torch.to(x, torch.device(\"cpu\"), 7, False, False), self.weight, None)")]
    [InlineData("return torch.linear(torch.to(x, dtype=15), self.weight, None)")]
    [InlineData("return torch.linear(torch.type_as(x, self.weight), self.weight, None)")]
    public void Types_of_floating_point_change_nothing(string body) =>
        Assert.Equal([6f, 15], Step(body));

    // PyTorch has a slope for each element of dimension 1: of a sequence [batch, time, features] the steps, which is no layer.
    [Fact]
    public void Slopes_belong_to_dimension_1()
    {
        const string Slopes = "s = torch.select(torch.neg(self.weight), 1, 1)\ny = torch.linear(x, torch.neg(self.weight), None)\n";

        Assert.Contains(
            "expected one number, or one for each of 2 features",
            Assert.Throws<ModelFormatException>(() => Load(Slopes + "return torch.prelu(y, s)")).Message);
        Assert.Equal(
            [12f, 75],
            Step(Slopes + "return torch.transpose(torch.prelu(torch.transpose(y, 1, 2), s), 1, 2)"));
    }

    [Fact]
    public void A_product_with_a_vector_is_one_feature() =>
        Assert.Equal([15f], Step("return torch.matmul(x, torch.select(self.weight, 0, 1))"));

    [Fact]
    public void Of_features_before_the_steps_a_note_tells()
    {
        ImportNote note = Assert.Single(
            Load("return torch.linear(torch.transpose(x, 1, 2), self.weight, None)").Notes,
            note => note.Message.StartsWith("inputs are given", StringComparison.Ordinal));

        Assert.Equal("x", note.Subject);
        Assert.Equal(
            "inputs are given in the model's order of axes, [batch, time, features]; the graph has [batch, features, time]", note.Message);
    }

    [Fact]
    public void What_is_kept_between_calls_and_is_no_state_is_refused() =>
        Assert.Contains(
            "line 8: 'weight' keeps the sequence of 'linear'",
            Assert.Throws<ModelFormatException>(
                () => Load("w = self.weight\nself.weight = torch.linear(x, w, None)\nreturn torch.linear(x, w, None)")).Message);

    [Fact]
    public void Brackets_without_end_are_refused() =>
        Assert.Contains("deep", Assert.Throws<ModelFormatException>(() => Load("return " + new string('(', 100_000))).Message);

    [Fact]
    public void Signs_without_end_are_refused() =>
        Assert.Contains("deep", Assert.Throws<ModelFormatException>(() => Load("return " + new string('-', 100_000) + "x")).Message);

    [Fact]
    public void What_cannot_be_parsed_is_not_parsed_again()
    {
        var definition = new ScriptDefinition(new ScriptFile("code/f.py", "def f(x):\n  return " + new string('-', 1000) + "x\n"), "f", 0, 1);
        var budget = new MemoryBudget(1 << 20);
        string refused = Assert.Throws<ModelFormatException>(() => ScriptCode.Parse(definition, budget)).Message;

        // With all that there is on the stack an exception takes much memory, and every reading of an archive asks again.
        long taken = budget.Taken;
        Assert.Equal(refused, Assert.Throws<ModelFormatException>(() => ScriptCode.Parse(definition, budget)).Message);
        Assert.Equal(taken, budget.Taken);
    }

    [Fact]
    public void Attributes_without_end_are_refused() =>
        Assert.Contains(
            "more than 100 parts",
            Assert.Throws<ModelFormatException>(() => Load("return x" + string.Concat(Enumerable.Repeat(".y", 100_000)))).Message);

    [Fact]
    public void Calls_that_double_each_time_take_a_bounded_number_of_steps()
    {
        var code = new StringBuilder("return (self).f0(x, )");
        for (int i = 0; i < 60; i++)
        {
            code.Append(
                $"\ndef f{i}(self: __torch__.M,\n  x: Tensor) -> Tensor:\n  y = (self).f{i + 1}(x, )\n  return (self).f{i + 1}(y, )");
        }

        code.Append("\ndef f60(self: __torch__.M,\n  x: Tensor) -> Tensor:\n  return x");

        Assert.Contains(
            "takes too many steps for a file of this size",
            Assert.Throws<ModelFormatException>(() => Load(code.ToString())).Message);
    }

    [Fact]
    public void Lists_that_double_each_time_are_refused() =>
        Assert.Contains(
            "too much for a file of this size",
            Assert.Throws<ModelFormatException>(
                () => Load("y = [x]\n" + string.Concat(Enumerable.Repeat("y = torch.add(y, y)\n", 60)) + "return torch.cat(y)")).Message);

    private static float[] Step(string body) => TorchScriptFile.Step(body);

    private static ImportedModel Load(string body) => TorchScriptFile.Load(body);
}
