"""What a student learns from a teacher's outputs (Hinton et al., arXiv:1503.02531)."""

from torch import Tensor
from torch.nn import functional as F


def distillation(student: Tensor, teacher: Tensor, temperature: float) -> Tensor:
    """T²·KL(softmax(teacher/T) ‖ softmax(student/T)), the mean over the batch; logits of shape N×classes."""
    target = F.log_softmax(teacher / temperature, 1)
    found = F.log_softmax(student / temperature, 1)
    return F.kl_div(found, target, reduction="batchmean", log_target=True) * temperature**2
