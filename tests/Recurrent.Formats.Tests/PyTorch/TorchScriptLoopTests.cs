namespace Recurrent.Formats.Tests;

/// <summary>Loops over the steps of a sequence: what a cell in them is, and what is no cell.</summary>
public sealed class TorchScriptLoopTests
{
    private const string Begin =
        "h = torch.zeros([torch.size(x, 0), 2])\nw = torch.slice(self.weight, 1, 0, 2)\ny = annotate(List[Tensor], [])\nfor t in range(torch.size(x, 1)):\n";

    private const string Cell = "  h = torch.rnn_relu_cell(torch.select(x, 1, t), h, self.weight, w, None, None)\n";

    // [1 2 3; 4 5 6] x + [1 2; 4 5] h, of steps of ones.
    private static readonly float[] First = [6, 15];
    private static readonly float[] Second = [6 + 36, 15 + 99];

    public static TheoryData<string, float[]> Loops { get; } = new()
    {
        { Begin + Cell + "return h", Second },
        { Begin + Cell + "  _0 = torch.append(y, h)\nreturn torch.stack(y, 1)", [.. First, .. Second] },
        { Begin + Cell + "  y = torch.add_(y, [torch.unsqueeze(h, 1)])\nreturn torch.cat(y, 1)", [.. First, .. Second] },
        { Begin + Cell + "  a = torch.mul(h, 2)\nreturn torch.sub(h, h)", [0, 0] },
        {
            Begin.Replace("h = ", "a = None\nh = ", StringComparison.Ordinal) + Cell + "  a = torch.mul(h, 2)\nreturn a",
            [2 * Second[0], 2 * Second[1]]
        },
        { Begin.Replace("range(torch.size(x, 1))", "range(0, torch.size(x, 1))", StringComparison.Ordinal) + Cell + "return h", Second },
        {
            "steps = torch.unbind(x, 1)\n" + Begin.Replace("torch.size(x, 1)", "torch.len(steps)", StringComparison.Ordinal)
                + Cell.Replace("torch.select(x, 1, t)", "steps[t]", StringComparison.Ordinal) + "return h",
            Second
        },
        {
            "steps = torch.split(x, 1, 1)\n" + Begin.Replace("torch.size(x, 1)", "torch.len(steps)", StringComparison.Ordinal)
                + Cell.Replace("torch.select(x, 1, t)", "torch.squeeze(steps[t], 1)", StringComparison.Ordinal) + "return h",
            Second
        },
    };

    [Theory]
    [MemberData(nameof(Loops))]
    public void A_cell_in_a_loop_over_steps_is_a_layer(string body, float[] expected) =>
        Assert.Equal(expected, TorchScriptFile.Predict(body, [1, 1, 1, 1, 1, 1]));

    [Theory]
    [InlineData("  h = torch.relu(torch.rnn_relu_cell(torch.select(x, 1, t), h, self.weight, w, None, None))\nreturn h", "'h' is the state of a cell and becomes the sequence")]
    [InlineData("  h = torch.rnn_relu_cell(torch.select(x, 1, t), torch.zeros([torch.size(x, 0), 2]), self.weight, w, None, None)\nreturn h", "a cell has to start from the state that it ended with")]
    [InlineData("  a = torch.rnn_relu_cell(torch.select(x, 1, t), h, self.weight, w, None, None)\n  h = torch.linear(torch.select(x, 1, t), self.weight, None)\nreturn h", "'h' is the state of a cell and becomes")]
    [InlineData("  h = torch.tanh(torch.add(h, torch.linear(torch.select(x, 1, t), self.weight, None)))\nreturn h", "'h', which a step hands to the next one")]
    [InlineData("  h = torch.rnn_relu_cell(torch.select(x, 1, torch.sub(t, 1)), h, self.weight, w, None, None)\nreturn h", "expected the step of a sequence")]
    [InlineData("  h = torch.rnn_relu_cell(torch.select(x, 0, t), h, self.weight, w, None, None)\nreturn h", "expected the step of a sequence")]
    [InlineData(Cell + "  _0 = torch.append(y, h)\n  _1 = torch.append(y, h)\nreturn torch.stack(y, 1)", "expected a list that is empty before the loop and gets one value at each step")]
    [InlineData(Cell + "  _0 = torch.append(y, h)\n_1 = torch.append(y, h)\nreturn torch.stack(y, 1)", "expected a list, found a list of the steps")]
    [InlineData(Cell + "  _0 = torch.append(y, h)\nreturn torch.add(h, torch.len(torch.add(y, y)))", "a list of the steps")]
    [InlineData(Cell + "  return h\nreturn h", "a loop over steps that returns is not supported")]
    [InlineData(Cell + "  self.weight = h\nreturn h", "'weight' of a module is set at every step of a loop")]
    [InlineData(Cell + "  _0 = torch.add_(w, 1)\nreturn h", "is changed at every step of a loop")]
    [InlineData(Cell + "  if torch.gt(t, 0):\n    h = torch.neg(h)\n  else:\n    pass\nreturn h", "the number of a step")]
    [InlineData(Cell + "  if torch.eq(torch.len(y), 0):\n    h = torch.neg(h)\n  else:\n    pass\n  _0 = torch.append(y, h)\nreturn torch.stack(y, 1)", "a list is read in the loop that adds to it")]
    [InlineData("  n = torch.rnn_relu_cell(torch.select(x, 1, t), h, self.weight, w, None, None)\n  _0 = torch.append(y, n)\n  h = torch.stack(y, 1)\nreturn h", "a list is read in the loop that adds to it")]
    [InlineData(Cell + "  for s in range(torch.size(x, 1)):\n    pass\nreturn h", "how often a loop repeats depends on what the model is given")]
    public void What_is_no_cell_is_refused(string body, string expected) =>
        Assert.Contains(expected, Assert.Throws<ModelFormatException>(() => TorchScriptFile.Load(Begin + body)).Message);

    [Theory]
    [InlineData("range(torch.sub(torch.size(x, 1), 1))", "expected the step of a sequence over whose")]
    [InlineData("range(1, torch.size(x, 1))", "how often a loop repeats depends on what the model is given")]
    [InlineData("range(torch.size(x, 0))", "expected the step of a sequence over whose")]
    public void A_loop_that_takes_not_every_step_is_refused(string range, string expected) => Assert.Contains(
        expected,
        Assert.Throws<ModelFormatException>(
            () => TorchScriptFile.Load(Begin.Replace("range(torch.size(x, 1))", range, StringComparison.Ordinal) + Cell + "return h")).Message);

    // What a step hands to the next one is not what the first one finds.
    [Theory]
    [InlineData("n = 0", "  if torch.eq(n, 0):\n    h = torch.neg(h)\n  else:\n    pass\n  n = torch.add(n, 1)\n", "'n', which a step hands to the next one")]
    [InlineData("n = True", "  if n:\n    h = torch.neg(h)\n  else:\n    pass\n  n = False\n", "'n', which a step hands to the next one")]
    [InlineData("n = None", "  if torch.__is__(n, None):\n    h = torch.neg(h)\n  else:\n    pass\n  n = h\n", "which branch is taken depends on what the model is given")]
    [InlineData("n = [torch.zeros([torch.size(x, 0), 2])]", "  _0 = torch.append(y, torch.add(n[0], h))\n  n = [h]\n", "'n[0]', which a step hands to the next one")]
    [InlineData("n = [torch.zeros([torch.size(x, 0), 2])]", "  n = torch.add_(n, [h])\n", "the list 'n' becomes longer or shorter at every step")]
    [InlineData("n = annotate(List[Tensor], [])", "  n = torch.add(n, [h])\n", "the list 'n' becomes longer or shorter at every step")]
    public void What_the_first_step_finds_is_not_taken_for_what_all_do(string before, string body, string expected) => Assert.Contains(
        expected,
        Assert.Throws<ModelFormatException>(() => TorchScriptFile.Load($"{before}\n{Begin}{Cell}{body}return h")).Message);

    // The row is no step: it would have to be repeated.
    [Fact]
    public void A_step_and_a_row_are_not_joined() => Assert.Contains(
        "a step of a loop together with what is the same at every step",
        Assert.Throws<ModelFormatException>(() => TorchScriptFile.Load(
            "r = torch.select(torch.linear(x, self.weight, None), 1, -1)\n" + Begin + Cell
                + "  _0 = torch.append(y, torch.add(h, r))\nreturn torch.stack(y, 1)")).Message);
}
