using Recurrent.Formats.Onnx;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>
/// Which tensors of PyTorch share elements with others, and so change when these are changed in place. A value here never changes:
/// what was changed is replaced by its new value where it is read, and what may have changed with it is not read any more.
/// </summary>
internal sealed class ScriptAliases
{
    // What has the elements of its argument, in other dimensions or some of them.
    private static readonly HashSet<string> Views = new(StringComparer.Ordinal)
    {
        "torch.transpose", "torch.swapaxes", "torch.t", "torch.numpy_T", "torch.permute", "torch.unsqueeze", "torch.squeeze", "torch.reshape",
        "torch.view", "torch._unsafe_view", "torch.reshape_as", "torch.view_as", "torch.flatten", "torch.select", "torch.slice", "torch.narrow",
        "torch.chunk", "torch.unsafe_chunk", "torch.split", "torch.unsafe_split", "torch.split_with_sizes", "torch.unbind", "torch.expand",
        "torch.expand_as", "torch.contiguous",
    };

    // What gives the tensor itself. Others that change nothing give a copy, or it depends on the tensor which of the two.
    private static readonly HashSet<string> Selves = new(StringComparer.Ordinal) { "torch.detach", "torch.alias", "torch.requires_grad_" };

    private readonly Dictionary<object, object?> _changed = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<object, string> _stale = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<object, List<object>> _families = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<object> _copied = new(ReferenceEqualityComparer.Instance);

    /// <summary>Takes note of what a function gives of its first argument.</summary>
    public void Note(string function, object? argument, object? result)
    {
        if (argument is not Value || Selves.Contains(function) || !function.StartsWith("torch.", StringComparison.Ordinal))
        {
            return;
        }

        foreach (object? part in ScriptLists.Items(result) ?? [result])
        {
            if (ReferenceEquals(part, argument))
            {
                _copied.Add(argument);
            }
            else if (part is Value && Views.Contains(function))
            {
                Join(argument, part);
            }
        }
    }

    /// <summary>Says that a value was changed, at a place in the code.</summary>
    public void Change(object target, object? result, string place)
    {
        if (ReferenceEquals(target, result))
        {
            return;
        }

        if (_families.TryGetValue(target, out List<object>? family))
        {
            foreach (object other in family.Where(other => !ReferenceEquals(other, target)))
            {
                _stale.TryAdd(other, place);
            }

            // They are not read any more: how often something is changed, a file decides.
            family.Clear();
        }

        if (_copied.Contains(target))
        {
            _stale.TryAdd(target, place);
        }
        else
        {
            _changed[target] = result;
        }
    }

    /// <summary>What a value is now.</summary>
    /// <param name="value">The value.</param>
    /// <param name="stale">Where something was changed that it may share elements with; null if nothing was.</param>
    public object? Current(object? value, out string? stale)
    {
        stale = null;
        object? current = value;
        for (int i = 0; i <= _changed.Count && current is not null; i++)
        {
            if (_stale.TryGetValue(current, out stale) || !_changed.TryGetValue(current, out object? next))
            {
                break;
            }

            current = next;
        }

        if (stale is null && value is not null && !ReferenceEquals(current, value))
        {
            // So that the next one to read it need not go from change to change again.
            _changed[value] = current;
        }

        return current;
    }

    private void Join(object argument, object part)
    {
        if (!_families.TryGetValue(argument, out List<object>? family))
        {
            _families[argument] = family = [argument];
        }

        if (_families.TryAdd(part, family))
        {
            family.Add(part);
        }
    }
}
